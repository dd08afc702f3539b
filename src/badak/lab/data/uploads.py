"""What a user has put on the page: bounded in size, kept in a folder of its own, by number."""


class Uploads:
    """Files and points of the user's, by the name that the lab gave each."""
