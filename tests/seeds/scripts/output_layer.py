import numpy as np

from badak.functions import softmax

a = np.array([0.3, 2.9, 4.0])
y = softmax(a)
print(y)
print(np.sum(y))

large = np.array([1010, 1000, 990])
print(softmax(large))
