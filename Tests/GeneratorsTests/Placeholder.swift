// Generators
