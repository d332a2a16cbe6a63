"""The platform's API: signed requests in, the platform's own answers and error codes out."""
