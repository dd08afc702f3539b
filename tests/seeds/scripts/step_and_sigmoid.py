# The notes draw these three; here the data of the graphs is what counts.
import numpy as np

from badak.functions import relu, sigmoid, step_function

x = np.array([-2.0, 1.0, 3.0])
y = x > 0
steps = y.astype(int)
print(step_function(x))
print(sigmoid(x))

X = np.arange(-5.0, 5.0, 0.1)
Y_step = step_function(X)
Y_sigmoid = sigmoid(X)
Y_relu = relu(X)
