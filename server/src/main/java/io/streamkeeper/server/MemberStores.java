package io.streamkeeper.server;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.ClusterMember;
import io.streamkeeper.cluster.LogLimits;
import io.streamkeeper.cluster.Member;
import io.streamkeeper.cluster.MemberDirectory;
import io.streamkeeper.cluster.PeerTls;
import io.streamkeeper.cluster.RaftNode;
import io.streamkeeper.cluster.state.StateAdoption;
import io.streamkeeper.cluster.state.StateFetch;
import io.streamkeeper.cluster.state.StateInstall;
import io.streamkeeper.cluster.store.ClusterStores;
import io.streamkeeper.server.config.ClusterSettings;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.shard.FileStores;
import io.streamkeeper.server.shard.Stores;
import io.streamkeeper.server.shard.TierStorage;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.tier.Tier;
import io.streamkeeper.storage.tool.StoreConversion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores of a member of a cluster: files whose journals are the replicated log. Only a server with a cluster uses this
 * class, so that others load no class of the log.
 */
final class MemberStores implements Stores {
    private static final Logger LOG = LoggerFactory.getLogger(MemberStores.class);
    private static final int KEPT_PART_OF_DISK = 16;

    private final FileStores files;
    private final ClusterStores cluster;

    private MemberStores(FileStores files, ClusterStores cluster) {
        this.files = files;
        this.cluster = cluster;
    }

    /** Whether the state of another member is to take the place of what is in the data directory. */
    static boolean isReceived(ServerConfig config) throws IOException {
        return StateInstall.isDue(memberOf(config));
    }

    /**
     * Makes the data directory that of the member, if it is not: creates the member of a new cluster if that is asked
     * for, with the streams of a server without one if the directory has those, and else receives the state of another
     * member, which may take long. Then the state that is ready, if there is one, takes the place of what is there.
     *
     * @throws IOException if the directory belongs to another member, or to a server without a cluster of which the
     *     streams are not to become those of a new one; or if the cluster does not give its state to this member
     */
    static void prepare(ServerConfig config, Disk disk) throws IOException {
        Path data = config.data().directory();
        ClusterConfig member = memberOf(config);
        boolean isMember = MemberDirectory.exists(member.directory());
        if (!isMember && DataDirectory.version(disk, data) != 0) {
            adopt(config, disk, member);
        } else if (!isMember && config.cluster().create()) {
            RaftNode.create(member);
        } else if (!StateInstall.isDue(member) && MemberDirectory.join(member)) {
            LOG.info(
                    "member {} has an empty directory, and waits for the state of the cluster {} from one of {}; a member"
                            + " of a cluster that does not exist yet needs --cluster-create",
                    member.self(),
                    member.cluster(),
                    config.cluster().members());
            try (StateFetch fetch = new StateFetch(member, true, 0)) {
                fetch.run();
            }
        }
        StateInstall.run(member, data);
    }

    private static void adopt(ServerConfig config, Disk disk, ClusterConfig member) throws IOException {
        Path data = config.data().directory();
        if (!config.cluster().create()) {
            throw new IOException("data directory " + data
                    + " has the streams of a server without a cluster; expected an empty directory for a member that"
                    + " receives those of the others, or --cluster-create for the first member of a new cluster that"
                    + " begins with these streams");
        }
        StoreConversion.run(disk, data, LOG::warn);
        StateAdoption.run(member, data);
    }

    /**
     * Opens the stores.
     *
     * @param cacheBytes the memory for bytes of objects
     * @param files opens the stores in files whose journals a provider replaces
     */
    static MemberStores open(
            ServerConfig config,
            Disk disk,
            DataDirectory data,
            long cacheBytes,
            Function<StorageProvider, FileStores> files)
            throws IOException {
        ClusterStores cluster = ClusterStores.open(memberOf(config), disk, data);
        try {
            StorageProvider storage =
                    config.tier().isOn() ? tierOf(config, disk, cacheBytes, cluster) : cluster.storage();
            return new MemberStores(files.apply(storage), cluster);
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static StorageProvider tierOf(ServerConfig config, Disk disk, long cacheBytes, ClusterStores cluster)
            throws IOException {
        TierStorage storage =
                TierFactory.ofMember(config, disk, cacheBytes, cluster.directoryName(), cluster.storage());
        cluster.useTier(storage.tier());
        return storage;
    }

    private static ClusterConfig memberOf(ServerConfig config) {
        ClusterSettings settings = config.cluster();
        List<Member> members = Member.parseList(settings.members());
        Path directory = config.data().directory().resolve(DataDirectory.CLUSTER);
        ClusterConfig listed = ClusterConfig.of(settings.name(), members, settings.self(), directory);
        LogLimits limits = LogLimits.forHeap(
                        Runtime.getRuntime().maxMemory(), config.http().bodyBytesMax())
                .withElectionTimeoutMillis(settings.electionTimeoutMillis())
                .withKeptBytes(
                        settings.logKeptBytes() > 0
                                ? settings.logKeptBytes()
                                : keptBytes(config.data().directory()));
        String host = settings.listenHost();
        return new ClusterConfig(
                listed.cluster(),
                members,
                listed.self(),
                host == null ? listed.listenHost() : host,
                listed.listenPort(),
                directory,
                limits,
                tls(settings),
                Map.of());
    }

    private static long keptBytes(Path data) {
        long disk = data.toFile().getTotalSpace();
        return Math.min(LogLimits.DEFAULT.keptBytes(), disk / KEPT_PART_OF_DISK);
    }

    private static @Nullable PeerTls tls(ClusterSettings settings) {
        Path certificate = settings.certificate();
        Path key = settings.key();
        Path authority = settings.authority();
        return certificate == null || key == null || authority == null
                ? null
                : new PeerTls(certificate, key, authority);
    }

    ClusterMember member() {
        return cluster;
    }

    @Override
    public int shards() {
        return files.shards();
    }

    @Override
    public String identity() {
        return files.identity();
    }

    @Override
    public ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) throws IOException {
        ShardStore store = files.open(shard, loop, releaser);
        cluster.opened(shard, store);
        return store;
    }

    @Override
    public void started() throws IOException {
        files.started();
        cluster.start();
    }

    @Override
    public @Nullable Tier tier() {
        return files.tier();
    }

    @Override
    public void ending() {
        cluster.close();
    }

    @Override
    public void close() {
        cluster.close();
        files.close();
    }
}
