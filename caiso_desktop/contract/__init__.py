"""What services accept: operations, payload skeletons, schemas."""
