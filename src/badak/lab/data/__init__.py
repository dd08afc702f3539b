"""Data for the lab: made by formula, of badak's data sets, or the user's own."""

from badak.lab.data.kinds import KINDS, catalogue, load
from badak.lab.data.lab_data import Axis, LabData
from badak.lab.data.uploads import Uploads

__all__ = ["KINDS", "Axis", "LabData", "Uploads", "catalogue", "load"]
