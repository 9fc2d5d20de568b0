"""The application (进件): who borrows, what they say and what proves it, and which lenders have it before them."""
