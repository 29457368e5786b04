"""What every printed page needs: fonts for names in any script."""
