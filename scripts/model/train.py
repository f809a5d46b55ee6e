#!/usr/bin/env python3
"""Trains rules/data/instruction-model.tsv. Deterministic: the same corpora and packages give the same bytes.

  train.py [--corpora DIR] [--half A|B|AB] [--out FILE]
"""
import argparse
import collections
import pathlib

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

import corpora
from training_data import RECIPES, TextData, ToolData

SCALE = 256                     # weights are in 1/256 of a natural logarithm of odds
SMALLEST = 6                    # weaker ones are dropped
STRENGTH = 0.3                  # C of the L2 penalty, by cross-validation (cross_validate.py)
RARE = 3                        # word features seen less often are dropped
WORD_FEATURES = ("w:", "b:", "f:", "g:")
TOOL_FEATURES = {"A": 7500, "B": 7500, "AB": 8500}
TEXT_FEATURES = 2600
TOOL_THRESHOLD = {"A": 420, "B": 420, "AB": 420}
TEXT_THRESHOLD = 128


def fit(negative, positive):
    """-> ({feature: weight}, bias) of a logistic regression"""
    counts = collections.Counter()
    for found in negative + positive:
        counts.update(found)
    names = sorted(key for key, n in counts.items() if n >= (RARE if key.startswith(WORD_FEATURES) else 1))
    index = {key: at for at, key in enumerate(names)}
    starts, columns = [0], []
    for found in negative + positive:
        columns.extend(sorted(index[key] for key in found if key in index))
        starts.append(len(columns))
    matrix = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(starts) - 1, len(names)))
    labels = np.r_[np.zeros(len(negative)), np.ones(len(positive))]
    fitted = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=300, random_state=0).fit(matrix, labels)
    return dict(zip(names, map(float, fitted.coef_[0]))), float(fitted.intercept_[0])


def quantised(fitted, most):
    weights, bias = fitted
    rounded = [(key, int(round(value * SCALE))) for key, value in weights.items()]
    strongest = sorted((kv for kv in rounded if abs(kv[1]) >= SMALLEST), key=lambda kv: (-abs(kv[1]), kv[0]))
    return dict(strongest[:most]), int(round(bias * SCALE))


def train_tools(data, most):
    negative = [found for _, _, found in data.benign + data.counter]
    return quantised(fit(negative, [found for _, _, found in data.attacks]), most)


def average(fits, shares):
    """Of quantised weights, rounded down; what is weak now is dropped."""
    def mean(values):
        return sum(share * value for share, value in zip(shares, values)) // sum(shares)

    keys = set().union(*(weights for weights, _ in fits))
    weights = {key: mean(weights.get(key, 0) for weights, _ in fits) for key in keys}
    kept = {key: weight for key, weight in weights.items() if abs(weight) >= SMALLEST}
    return kept, mean(bias for _, bias in fits)


def train_texts(data):
    negative = data.own_harmless + data.descriptions + data.harmless * 3
    return quantised(fit(negative, data.own_attacks + data.attacks * 3), TEXT_FEATURES)


def write(path, half, tool, text, vocabulary):
    header = (("merlon-linear", 1), ("scale", SCALE), ("half", half), ("bias.tool", tool[1]),
              ("threshold.tool", TOOL_THRESHOLD[half]), ("bias.text", text[1]), ("threshold.text", TEXT_THRESHOLD))
    with open(path, "w", encoding="utf-8") as file:
        file.writelines("#%s\t%s\n" % pair for pair in header)
        for name, values in (("tool", tool[0]), ("text", text[0]), ("vocab", vocabulary)):
            file.write("[%s]\n" % name)
            file.writelines("%s\t%d\n" % pair for pair in sorted(values.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora")
    parser.add_argument("--half", default="A", choices=sorted(TOOL_FEATURES))
    parser.add_argument("--out", default=str(corpora.ROOT / "rules" / "data" / "instruction-model.tsv"))
    args = parser.parse_args()
    folder = corpora.corpora_dir(args.corpora)
    mine = [[row for row in rows if row["half"] in args.half]
            for rows in (corpora.load_benign(folder), corpora.load_payloads(folder), corpora.load_texts(folder))]
    both = args.half == "AB"
    data = [ToolData(mine[0], mine[1], both, recipe) for recipe in RECIPES]
    tool = average([train_tools(one, TOOL_FEATURES[args.half]) for one in data], [recipe.share for recipe in RECIPES])
    text = train_texts(TextData(mine[2], mine[0], both))
    vocabulary = data[0].vocabulary.buckets()
    write(args.out, args.half, tool, text, vocabulary)
    print("%s: %d bytes, %d tool features, %d text features, %d words" % (
        args.out, pathlib.Path(args.out).stat().st_size, len(tool[0]), len(text[0]), len(vocabulary)))


if __name__ == "__main__":
    main()
