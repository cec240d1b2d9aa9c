"""Types of arrays, once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

type FloatArray = NDArray[np.float64]
type Int64Array = NDArray[np.int64]
type IndexArray = NDArray[np.intp]
type BoolArray = NDArray[np.bool_]
