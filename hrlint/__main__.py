"""`python -m hrlint`."""

from hrlint.cli import main

if __name__ == "__main__":
    main()
