#!/usr/bin/env python3
"""Times one gradient in Reverie and in PyTorch, in turn: a process each, a warm-up and one timed run in every round.

  benchmarks/peer.py googlenet --python /usr/bin/python3 --python venv/bin/python

Prints a row of a table: medians, and the median over the rounds of how many times as fast as each PyTorch Reverie is.
Needs the folder of published brains beside the repository (or $REVERIE_SHARED), whose peer/oracle.py is the PyTorch
program; every --python is an interpreter that has torch, numpy and Pillow.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get('REVERIE_SHARED', ROOT.parent / 'shared'))
NETWORKS = {
    'googlenet': ('definitions/bvlc_googlenet.prototxt', 'inception_4c/output'),
    'squeezenet': ('squeezenet_v1.0', 'fire9/concat'),
    'resnet18': ('definitions/resnet18.prototxt', 'res5b_relu'),
    'vgg-cnn-s': ('definitions/vgg_cnn_s.prototxt', 'conv5'),
    'mobilenet': ('definitions/mobilenet_v1.prototxt', 'relu6/sep'),
}


def reverie(brain, layer, size, threads):
    """Megapixels per second and the engine's name."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'bench.json')
        command = [str(ROOT / 'reverie'), 'bench', '--brain', brain, '--layer', layer, '--size', str(size),
                   '--threads', str(threads), '--engine', 'onednn', '--rounds', '1', '--json', out]
        if brain.endswith('.prototxt'):
            command += ['--random-weights', '1']
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(out) as file:
            return json.load(file)['engines'][0]['megapixels-per-second']


def torch(python, brain, layer, size, threads):
    """Megapixels per second and PyTorch's version."""
    command = [python, str(SHARED / 'peer' / 'oracle.py'), 'bench', brain, '--end', layer, '--size', str(size),
               '--threads', str(threads), '--runs', '1']
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = re.search(r'peer torch (\S+) .* ([0-9.]+) Mpx/s', said)
    return float(found.group(2)), found.group(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('network', choices=NETWORKS)
    parser.add_argument('--python', action='append', required=True)
    parser.add_argument('--size', type=int, default=1024)
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--threads', type=int, default=os.cpu_count())
    options = parser.parse_args()
    path, layer = NETWORKS[options.network]
    brain = str(SHARED / 'brains' / path)
    own, peers, versions = [], [[] for _ in options.python], []
    for _ in range(options.rounds):
        own.append(reverie(brain, layer, options.size, options.threads))
        versions = []
        for rates, python in zip(peers, options.python):
            rate, version = torch(python, brain, layer, options.size, options.threads)
            rates.append(rate)
            versions.append(version)
    cells = ['%s `%s`, %d px' % (options.network, layer, options.size),
             '%.3f (%.3f to %.3f)' % (statistics.median(own), min(own), max(own))]
    for rates, version in zip(peers, versions):
        ratio = statistics.median(a / b for a, b in zip(own, rates))
        cells.append('%.3f (%.3f to %.3f), torch %s' % (statistics.median(rates), min(rates), max(rates), version))
        cells.append('%.2f' % ratio)
    print('| ' + ' | '.join(cells) + ' |')


if __name__ == '__main__':
    main()
