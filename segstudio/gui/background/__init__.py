"""What runs beside the window, in threads and in processes of its own: no Qt in here.

A spawned process imports the module of the function that it runs. Keeping those modules apart
from the window's keeps Qt out of the process, and its start short.
"""
