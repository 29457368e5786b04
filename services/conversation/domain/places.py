"""The ten provinces and their towns, as the earlier system had them (latterpay reference 2.2)."""

from __future__ import annotations

PROVINCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "harare": (
        "Harare",
        ("Harare Central", "Harare North", "Harare South", "Chitungwiza", "Epworth", "Norton", "Ruwa"),
    ),
    "bulawayo": ("Bulawayo", ("Bulawayo Central", "Bulawayo North", "Bulawayo South", "Bulawayo West")),
    "mash_east": ("Mashonaland East", ("Marondera", "Ruwa", "Mutoko", "Mudzi", "Uzumba")),
    "mash_west": ("Mashonaland West", ("Chinhoyi", "Kadoma", "Chegutu", "Karoi", "Norton")),
    "mash_central": ("Mashonaland Central", ("Bindura", "Mt Darwin", "Shamva", "Mvurwi", "Centenary")),
    "midlands": ("Midlands", ("Gweru", "Kwekwe", "Zvishavane", "Shurugwi", "Gokwe", "Redcliff")),
    "masvingo": ("Masvingo", ("Masvingo", "Chiredzi", "Triangle", "Gutu")),
    "manicaland": ("Manicaland", ("Mutare", "Chipinge", "Rusape", "Nyanga", "Chimanimani")),
    "mat_north": ("Matabeleland North", ("Victoria Falls", "Hwange", "Lupane", "Binga")),
    "mat_south": ("Matabeleland South", ("Gwanda", "Beitbridge", "Plumtree", "Filabusi")),
}
"""Id to name and towns."""


def provinces_of(town: str) -> list[str]:
    """The ids of the provinces that have a town of this name; Norton and Ruwa are in two lists."""
    wanted = town.casefold()
    return [id for id, (_name, towns) in PROVINCES.items() if wanted in {known.casefold() for known in towns}]
