"""What starts and ships the product: local servers, the image, decisions, pictures."""
