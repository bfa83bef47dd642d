// Phantoms
