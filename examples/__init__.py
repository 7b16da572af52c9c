"""Programs that show the product from outside: solutions that are judged, and broken ones."""
