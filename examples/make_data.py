#!/usr/bin/env python3
"""Writes stand-ins for the data sets that the example notebooks read: same columns and types, made-up values.

    make_data.py                     beside the notebooks of this folder
    make_data.py titanic DIR         train.csv and test.csv into DIR
    make_data.py open-vaccine DIR    train.json, test.json and sample_submission.csv into DIR

Only the standard library is used, and the same bytes come out every time.
"""

import csv
import json
import os
import random
import sys

SURNAMES = "Abel Brandt Carver Dalton Ekberg Falk Granger Hollis Ibsen Jarvis Keller Lund Marsh Nolan Olsen Price".split()
MEN = "Arthur Bernard Charles Daniel Edwin Frank George Henry Isaac John Karl Louis".split()
WOMEN = "Ada Bertha Clara Dora Edith Florence Grace Helen Ida Julia Kate Lily".split()
RARE_MEN = "Dr Rev Col Major Capt Don Jonkheer Sir".split()
RARE_WOMEN = "Mlle Mme Ms Lady Countess Dona".split()
COLUMNS = "PassengerId Survived Pclass Name Sex Age SibSp Parch Ticket Fare Cabin Embarked".split()


def passenger(number: int, chance: random.Random) -> dict:
    """One passenger. The chance to survive follows sex, class and age, so that models have something to learn."""
    pclass = chance.choices((1, 2, 3), (24, 21, 55))[0]
    female = chance.random() < 0.35
    age = max(0.42, min(80.0, chance.gauss((38, 30, 25)[pclass - 1], 13)))
    siblings = chance.choices((0, 1, 2, 3, 4, 5, 8), (68, 23, 3, 2, 2, 1, 1))[0]
    parents = chance.choices((0, 1, 2, 3, 4, 5, 6), (76, 13, 9, 0.6, 0.5, 0.5, 0.4))[0]
    if female:
        title = "Mrs" if age > 18 and chance.random() < 0.6 else "Miss"
        title = chance.choice(RARE_WOMEN) if chance.random() < 0.02 else title
    else:
        title = "Master" if age < 14 else "Mr"
        title = chance.choice(RARE_MEN) if age > 25 and chance.random() < 0.04 else title
    fare = chance.lognormvariate((4.1, 2.9, 2.4)[pclass - 1], 0.6)
    cabin = ""
    if chance.random() < (0.8, 0.1, 0.03)[pclass - 1]:
        cabin = chance.choice(("ABCDE", "DEF", "EFG")[pclass - 1]) + str(chance.randint(1, 130))
    survival = 0.12 + 0.5 * female + (0.25, 0.1, 0.0)[pclass - 1] + 0.15 * (age < 10)
    return {
        "PassengerId": number,
        "Survived": int(chance.random() < survival),
        "Pclass": pclass,
        "Name": "%s, %s. %s" % (chance.choice(SURNAMES), title, chance.choice(WOMEN if female else MEN)),
        "Sex": "female" if female else "male",
        "Age": "" if chance.random() < 0.2 else "%g" % (round(age, 2) if age < 1 else round(age * 2) / 2),
        "SibSp": siblings,
        "Parch": parents,
        "Ticket": chance.choice(("", "A/5 ", "PC ", "STON/O2. ", "C.A. ")) + str(chance.randint(2000, 399999)),
        "Fare": "%.4f" % fare,
        "Cabin": cabin,
        "Embarked": chance.choices(("S", "C", "Q"), (72, 19, 9))[0],
    }


def titanic(folder: str) -> None:
    chance = random.Random("titanic")
    people = [passenger(number, chance) for number in range(1, 1310)]
    for row in (people[61], people[829]):
        row["Embarked"] = ""
    people[1043]["Fare"] = ""
    write_csv(os.path.join(folder, "train.csv"), COLUMNS, people[:891])
    write_csv(os.path.join(folder, "test.csv"), [c for c in COLUMNS if c != "Survived"], people[891:])


def open_vaccine(folder: str) -> None:
    chance = random.Random("open-vaccine")
    targets = ["reactivity", "deg_Mg_pH10", "deg_Mg_50C", "deg_pH10", "deg_50C"]
    errors = ["reactivity_error"] + ["deg_error" + target[3:] for target in targets[1:]]

    def molecule(number: int, length: int, scored: int, labelled: bool) -> dict:
        row = {
            "index": number,
            "id": "id_%09x" % chance.getrandbits(36),
            "sequence": "".join(chance.choices("ACGU", k=length)),
            "structure": "".join(chance.choices("().", k=length)),
            "predicted_loop_type": "".join(chance.choices("BEHIMSX", k=length)),
            "seq_length": length,
            "seq_scored": scored,
        }
        if labelled:
            row.update(signal_to_noise=round(chance.uniform(0, 12), 3), SN_filter=chance.randint(0, 1))
            for name in targets + errors:
                row[name] = [round(abs(chance.gauss(0.4, 0.4)), 4) for _ in range(scored)]
        return row

    train = [molecule(number, 107, 68, True) for number in range(120)]
    test = [molecule(number, 107 if number % 3 else 130, 68 if number % 3 else 91, False) for number in range(60)]
    for name, rows in (("train.json", train), ("test.json", test)):
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="\n") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
    places = [{"id_seqpos": "%s_%d" % (row["id"], at)} for row in test for at in range(row["seq_length"])]
    for place in places:
        place.update((target, "0.0") for target in targets)
    write_csv(os.path.join(folder, "sample_submission.csv"), ["id_seqpos"] + targets, places)


def write_csv(path: str, columns: list, rows: list) -> None:
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


MAKERS = {"titanic": titanic, "open-vaccine": open_vaccine}


def main(arguments: list) -> int:
    if len(arguments) not in (0, 2) or (arguments and arguments[0] not in MAKERS):
        print(__doc__, file=sys.stderr)
        return 2
    here = os.path.dirname(os.path.abspath(__file__))
    wanted = [(name, os.path.join(here, name, "data")) for name in MAKERS] if not arguments else [tuple(arguments)]
    for name, folder in wanted:
        os.makedirs(folder, exist_ok=True)
        MAKERS[name](folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
