// Built kernels, kept by content.
