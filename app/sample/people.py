"""The sample shop's customers. Nobody here exists; example.com belongs to nobody."""

from app.customers.values import CustomerInput

_NAMES = (
    "Zofia Lewandowska",
    "Jan Wójcik",
    "Maja Kamińska",
    "Antoni Zieliński",
    "Hanna Szymańska",
    "Franciszek Woźniak",
    "Julia Dąbrowska",
    "Aleksander Kozłowski",
    "Lena Jankowska",
    "Jakub Mazur",
    "Alicja Krawczyk",
    "Szymon Piotrowski",
    "Pola Grabowska",
    "Filip Pawłowski",
    "Oliwia Michalska",
    "Mikołaj Król",
    "Emilia Wieczorek",
    "Stanisław Jabłoński",
    "Laura Wróbel",
    "Adam Nowakowski",
    "Clara Neumann",
    "Matteo Ricci",
    "Ingrid Solberg",
    "Lucas Moreau",
    "Aoife Byrne",
)


def source_id(number: int) -> str:
    """The shop's own id of its customer `number`, counted from 1."""
    return f"kalina-{1000 + number}"


CUSTOMERS = tuple(
    CustomerInput(
        source_id=source_id(number),
        name=name,
        email=f"shopper{number}@example.com",
        metadata={"newsletter": number % 3 != 0, "city": "Warszawa" if number <= 20 else "abroad"},
    )
    for number, name in enumerate(_NAMES, start=1)
)
