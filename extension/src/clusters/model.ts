/** The clusters of this user, as the server lists them while somebody looks. */

import { LiveList } from '../api/live-list';
import type { Cluster, ClusterOffers, ClusterOrder, Clusters, Workers } from '../api/types';

/** What the model asks of the server. */
export interface ClustersApi {
  clusters(signal?: AbortSignal): Promise<Clusters>;
  clusterOffers(): Promise<ClusterOffers>;
  startCluster(order: ClusterOrder): Promise<{ name: string | null; up: boolean }>;
  scaleCluster(name: string, workers: Workers): Promise<{ remark: string }>;
  stopCluster(name: string): Promise<null>;
  dashboardUrl(name: string): string;
}

/** Clusters are made in cells and terminals too, and no event tells of them: `tick` asks anew. */
export class ClustersModel extends LiveList<Cluster> {
  /** What could not be asked, and clusters that did not start. */
  notes: readonly string[] = [];

  constructor(private api: ClustersApi) {
    super();
  }

  /** In the order of the server. */
  get clusters(): readonly Cluster[] {
    return this.items;
  }

  /** Ask anew, unless that is under way or would be refused again. */
  tick(): void {
    if (this.isKnown && !this.isAsking && !this.problem) {
      void this.reload();
    }
  }

  offers(): Promise<ClusterOffers> {
    return this.api.clusterOffers();
  }

  dashboardUrl(name: string): string {
    return this.api.dashboardUrl(name);
  }

  /** Start one; the error is for the form that asked. */
  async start(order: ClusterOrder): Promise<void> {
    try {
      await this.api.startCluster(order);
    } finally {
      void this.reload();
    }
  }

  /** Change the number of its workers; gives what the gateway has to say to that. */
  async scale(name: string, workers: Workers): Promise<string> {
    const { remark } = await this.api.scaleCluster(name, workers);
    void this.reload();
    return remark;
  }

  /** End it. */
  async stop(name: string): Promise<void> {
    await this.api.stopCluster(name);
    this.drop(name);
    void this.reload();
  }

  protected async list(signal: AbortSignal): Promise<readonly Cluster[]> {
    const { clusters, notes } = await this.api.clusters(signal);
    this.notes = notes;
    return clusters;
  }

  protected nameOf(cluster: Cluster): string {
    return cluster.name;
  }
}
