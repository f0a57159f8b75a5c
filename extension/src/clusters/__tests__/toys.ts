/** A cluster, and what can be had, for the tests beside this file. */

import type { Cluster, ClusterOffers } from '../../api/types';

export function toyCluster(changes: Partial<Cluster> = {}): Cluster {
  return {
    name: 'local-0a1b2c3d',
    kind: 'local',
    state: 'running',
    workers: 2,
    minimum: 2,
    most: 2,
    memory: 500_000_000,
    memory_limit: 2_000_000_000,
    running: 0,
    waiting: 0,
    dashboard: true,
    ...changes
  };
}

export function toyOffers(changes: Partial<ClusterOffers> = {}): ClusterOffers {
  return {
    cores: 2,
    memory: 8_000_000_000,
    gateway: 'http://gateway.example',
    options: [
      { field: 'image', label: 'Image', default: 'one', spec: { type: 'select', options: ['one', 'two'] } },
      { field: 'worker_memory', label: 'Memory (GB)', default: 4, spec: { type: 'float', min: 1, max: 8 } },
      { field: 'big', label: '', default: false, spec: { type: 'bool' } },
      { field: 'environment', label: 'Environment', default: null, spec: { type: 'mapping' } }
    ],
    problem: null,
    ...changes
  };
}
