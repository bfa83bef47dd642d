// LinearOperators
