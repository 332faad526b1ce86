// Builds the kernel of a source tree.
