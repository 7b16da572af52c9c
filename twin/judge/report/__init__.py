"""A judgement as an object, and as JSON, HTML, JUnit and a table."""
