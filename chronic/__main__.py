"""`python -m chronic`."""

from chronic.cli import main

if __name__ == "__main__":
    main()
