"""What images hold: shades of grey, or colours. The commands name them before NumPy is loaded."""

GREY, RGB = "grey", "rgb"
COLOURS = (GREY, RGB)
