"""Maps in processes of their own."""
