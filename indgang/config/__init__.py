"""Where it is put together: settings, addresses, the processes, and the links from low packages to high ones."""
