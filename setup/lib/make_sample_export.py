"""Makes the sample export of the dealer system that `setup/run` imports.

    make_sample_export.py > setup/sample_dms_export.csv

Everything in it is invented, and the same at every run: the file can be made again, or made
larger, by changing the figures below. The purchase dates stand as if the newest were NEWEST;
`setup/run` moves them all by the same number of days so that the newest is yesterday. On that day
every step of the procedure falls due for some units (STNK, KPB 1-4, the eight regular services,
the new-unit offer); the other units lie evenly over 37 months, so that there are overdue and
coming calls as well. Steps that are counted in months drift by up to four days when dates move,
so their units stand on nine days in a row. (On the last days of a month some of those steps fall
on no purchase date at all; then they were due the day before.)
"""

import csv
import random
import sys
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

NEWEST = date(2026, 6, 14)
TODAY = NEWEST + timedelta(days=1)
SEED = 2023_07_07
#: Units per branch for each step that is counted in days, and units without a wanted step.
DUE_EACH = 2
OTHERS_EACH = 90
#: How many days the units of steps counted in months stand beside the day, by branch.
BESIDE = {"CHP": (-3, 0, 3), "SKB": (-4, -2, 1), "MKS": (-1, 2, 4)}
SPREAD_MONTHS = 37

TITLES = (
    "No Rangka;No Mesin;No Polisi;Nama Konsumen;No HP;Alamat;Kota;No KTP;Tempat Lahir;Tgl Lahir;"
    "Tipe Unit;Tgl Pembelian;Kode Cabang;Sales;Status STNK"
).split(";")


@dataclass(frozen=True)
class Branch:
    """What the sales of a branch have in common.

    `district` is the beginning of a NIK (province and regency); `phones` are mobile prefixes that
    are sold in the region, without the zero.
    """

    code: str
    city: str
    plate: str
    suffixes: str
    district: str
    birth_places: tuple[str, ...]
    streets: tuple[str, ...]
    quarters: tuple[str, ...]
    sellers: tuple[str, ...]
    phones: tuple[str, ...]


BRANCHES = (
    Branch(
        "CHP",
        "Kota Bandung",
        "D",
        "ABCDEFGHIJKLMN",
        "3273",
        ("Bandung", "Bandung", "Bandung", "Cimahi", "Garut", "Sumedang", "Tasikmalaya"),
        (
            "Jl. Cihampelas",
            "Jl. Setiabudi",
            "Jl. Sukajadi",
            "Jl. Pasteur",
            "Jl. Cipaganti",
            "Gg. Bapa Ehom",
            "Jl. Siliwangi",
            "Jl. Taman Sari",
            "Jl. Pelesiran",
            "Gg. Muncang",
        ),
        (
            "Kel. Cipaganti, Kec. Coblong",
            "Kel. Tamansari, Kec. Bandung Wetan",
            "Kel. Pasteur, Kec. Sukajadi",
            "Kel. Hegarmanah, Kec. Cidadap",
            "Kel. Sukagalih, Kec. Sukajadi",
        ),
        ("Rizky Pratama", "Dewi Lestari"),
        ("812", "813", "821", "822", "857", "878", "896"),
    ),
    Branch(
        "SKB",
        "Kab. Sukabumi",
        "F",
        "QRSTUVWXYZ",
        "3202",
        ("Sukabumi", "Sukabumi", "Sukabumi", "Cianjur", "Bogor", "Pelabuhan Ratu"),
        (
            "Jl. Raya Cisaat",
            "Jl. Raya Cibadak",
            "Kp. Babakan",
            "Kp. Pasir Angin",
            "Jl. Pelabuhan II",
            "Kp. Ciaul",
            "Jl. Siliwangi Parungkuda",
            "Kp. Cikiray",
        ),
        (
            "Desa Sukamanah, Kec. Cisaat",
            "Desa Karangtengah, Kec. Cibadak",
            "Desa Sundawenang, Kec. Parungkuda",
            "Desa Cicurug, Kec. Cicurug",
            "Desa Nagrak Utara, Kec. Nagrak",
        ),
        ("Andi Saputra",),
        ("812", "815", "816", "838", "856", "858", "877"),
    ),
    Branch(
        "MKS",
        "Kota Makassar",
        "DD",
        "ABCDEFHKLMNOPQ",
        "7371",
        ("Makassar", "Makassar", "Ujung Pandang", "Gowa", "Maros", "Bone", "Pare-Pare"),
        (
            "Jl. Perintis Kemerdekaan",
            "Jl. Veteran Utara",
            "Jl. Sultan Alauddin",
            "Jl. Urip Sumoharjo",
            "Jl. Abdullah Daeng Sirua",
            "Jl. Rappocini Raya",
            "Jl. Landak Baru",
            "Jl. Toddopuli Raya",
        ),
        (
            "Kel. Tamalanrea, Kec. Tamalanrea",
            "Kel. Rappocini, Kec. Rappocini",
            "Kel. Panaikang, Kec. Panakkukang",
            "Kel. Mangasa, Kec. Tamalate",
            "Kel. Maricaya, Kec. Makassar",
        ),
        ("Nur Hidayat",),
        ("811", "812", "813", "823", "852", "853", "895"),
    ),
)

#: Unit type → engine-number prefixes that it may have.
UNITS = (
    ("Vario 125 CBS ISS", ("JFB1", "JFC1")),
    ("Vario 125 CBS", ("JFB1",)),
    ("PCX 150", ("KF12",)),
    ("Revo Fit FI", ("JBK1",)),
    ("Vario 150 Exclusive", ("KC17",)),
    ("BeAT CBS ISS", ("JFP1", "JFR1")),
    ("BeAT Street", ("JFR1",)),
    ("BeAT Pop CBS", ("JFS1", "JFT1")),
    ("Scoopy FI Stylish", ("JFL1",)),
    ("Scoopy FI Sporty", ("JFL1",)),
    ("Supra X 125 FI", ("JB01", "JB81", "JB91")),
    ("CBR 150R", ("KC71",)),
    ("CBR 250", ("MC41",)),
)
UNIT_WEIGHTS = (10, 6, 5, 4, 5, 12, 7, 5, 9, 6, 5, 2, 1)

MEN = {
    "3": "Asep Ujang Dadang Cecep Dede Yayan Agus Budi Eko Rudi Hendra Iwan Deni Yusuf Rahmat "
    "Tatang Dudung Aep Jajang Wawan Rian Fajar Ilham Gilang Taufik",
    "7": "Andi Muhammad Syamsul Ansar Baharuddin Firman Ridwan Irfan Syahrul Hasan Amiruddin "
    "Yusran Arifin Takdir Alamsyah Rusli Akbar Fadli Zulkifli Jufri",
}
WOMEN = {
    "3": "Siti Neneng Euis Yani Rina Tuti Lilis Imas Nining Dewi Ai Popon Ratna Wulan Sri Fitri "
    "Ayu Intan Mega Nurul Cucu Elis Yuyun Rosita",
    "7": "Andi Nurhayati Hasnah Sitti Rosmini Hartati Nurlela Indo St. Fatimah Rahmawati Darmawati "
    "Nurjannah Mariani Suriani Kasmawati Ernawati Hasmiah Nuraeni",
}
SURNAMES = {
    "3": "Sunandar Hidayat Suryana Permana Nugraha Kurniawan Setiawan Gunawan Mulyana Sutisna "
    "Saepudin Maulana Ramdani Firmansyah Somantri Rustandi Kusnadi Supriatna Herdiana Wijaya",
    "7": "Daeng Hamzah Yunus Mappatoba Tahir Latief Mallarangeng Sanusi Abdullah Idrus Marzuki "
    "Paturusi Basri Ishak Halim Mansyur Palaguna Tenri Rauf Saleh",
}
WOMENS_SURNAMES = {
    "3": "Aminah Nurhasanah Rohaeni Komariah Maesaroh Handayani Lestari Wulandari Kartika Sari "
    "Nurlaela Fatimah Suryani Marlina Puspita Anggraeni Rahayu Hasanah",
    "7": "Aisyah Bau Amriani Hamid Rahman Arsyad Yusuf Wahyuni Saleha Ramlah Sulaeman Kadir Usman "
    "Ismail Syam Nur Djafar Thalib",
}
MONONYMS = (
    "Sukirman Suparno Rukmini Sutarno Mulyadi Wagiman Sumiati Karsinah Juariah Kosasih".split()
)
TITLES_OF_RESPECT = {True: ("Hj. ", "Dra. "), False: ("H. ", "Drs. ", "Ir. ")}


def main(stream):
    chance = random.Random(SEED)
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    writer.writerow(TITLES)
    serial = 0
    rows = []
    for branch in BRANCHES:
        for day in purchase_days(branch):
            serial += 1
            rows.append((day, sale(chance, branch, day, serial)))
    rows.sort(key=lambda row: (row[0], row[1][0]))
    writer.writerows(row for _day, row in rows)


def purchase_days(branch):
    """Purchase dates of a branch: those of today's steps, then evenly spread ones."""
    for days in (15, 30, 90, 210, 330):
        yield from [TODAY - timedelta(days=days)] * DUE_EACH
    for beside in BESIDE[branch.code]:
        for months in range(3, 25, 3):
            yield TODAY - relativedelta(months=months) - timedelta(days=330 + beside)
        yield TODAY - relativedelta(months=36) - timedelta(days=beside)
    first = TODAY - relativedelta(months=SPREAD_MONTHS)
    span = (NEWEST - first).days
    for number in range(OTHERS_EACH):
        yield first + timedelta(days=span * number // (OTHERS_EACH - 1))


def sale(chance, branch, day, serial):
    """One line of the export."""
    unit, prefixes = chance.choices(UNITS, UNIT_WEIGHTS)[0]
    prefix = chance.choice(prefixes)
    is_woman = chance.random() < 0.45
    born = birth_date(chance, day)
    return [
        f"MH1{prefix}1{chance.randrange(10)}{year_letter(day)}K{serial:06d}",
        f"{prefix}E1{100000 + serial * 37:06d}",
        plate(chance, branch, day, serial),
        name(chance, branch, is_woman),
        phone(chance, branch, serial),
        address(chance, branch),
        branch.city,
        nik(chance, branch, born, is_woman, serial),
        chance.choice(branch.birth_places),
        f"{born:%d/%m/%Y}",
        unit,
        f"{day:%d/%m/%Y}",
        branch.code,
        chance.choice(branch.sellers),
        stnk_status(chance, day),
    ]


def year_letter(day):
    """The model year's letter in a chassis number; I, O and Q are not used."""
    return "NPRSTVWXY"[day.year - 2022]


def plate(chance, branch, day, serial):
    """The plate; there is none before the certificate, and now and then nobody entered it."""
    if NEWEST - day < timedelta(days=10) or serial % 29 == 0:
        return ""
    ending = "".join(chance.choice(branch.suffixes) for _ in range(chance.choice((2, 2, 3))))
    return f"{branch.plate} {chance.randrange(2001, 6999)} {ending}"


def name(chance, branch, is_woman):
    """A name as people in the region bear them: one word, two, three, with a title."""
    region = branch.district[0]
    if chance.random() < 0.09:
        return chance.choice(MONONYMS)
    given = chance.choice((WOMEN if is_woman else MEN)[region].split())
    family = chance.choice((WOMENS_SURNAMES if is_woman else SURNAMES)[region].split())
    title = ""
    if chance.random() < 0.1:
        title = chance.choice(TITLES_OF_RESPECT[is_woman])
    middle = f" {chance.choice('ABDEFHIJKLMNRSTW')}." if chance.random() < 0.06 else ""
    return f"{title}{given}{middle} {family}"


def address(chance, branch):
    """Street, number and neighbourhood."""
    house = f"No. {chance.randrange(1, 220)}"
    neighbourhood = f"RT {chance.randrange(1, 12):02d}/RW {chance.randrange(1, 15):02d}"
    return (
        f"{chance.choice(branch.streets)} {house} {neighbourhood}, {chance.choice(branch.quarters)}"
    )


def phone(chance, branch, serial):
    """A mobile number, written in one of the six usual ways."""
    prefix, body = chance.choice(branch.phones), f"{chance.randrange(10_000_000):07d}"
    digits = f"{prefix}{body}"
    ways = (
        f"0{digits[:3]}-{digits[3:7]}-{digits[7:]}",
        f"+62 {digits[:3]} {digits[3:7]} {digits[7:]}",
        f"62{digits}",
        digits,
        f"0{digits[:3]} {digits[3:7]} {digits[7:]}",
        f"(0{digits[:3]}) {digits[3:]}",
    )
    return ways[serial % len(ways)]


def birth_date(chance, day):
    """A buyer is between 17 and 65 years old."""
    return day - timedelta(days=chance.randrange(17 * 366, 65 * 365))


def nik(chance, branch, born, is_woman, serial):
    """A NIK that agrees with region, sex and birth date; its serial number is ours alone."""
    born_day = born.day + (40 if is_woman else 0)
    district = f"{chance.randrange(1, 30):02d}"
    return f"{branch.district}{district}{born_day:02d}{born:%m%y}{9000 + serial:04d}"


def stnk_status(chance, day):
    """The certificate takes two to three weeks; then most people collect it."""
    age = (NEWEST - day).days
    if age < 14:
        return "Proses"
    if age < 21:
        return chance.choice(("Proses", "Siap"))
    if age < 60:
        return chance.choice(("Siap", "Diambil", "Diambil"))
    return "Diambil"


if __name__ == "__main__":
    main(sys.stdout)
