package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.CLUSTER;

import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.setting.Choice;
import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Switch;
import io.streamkeeper.server.setting.Text;
import io.streamkeeper.server.setting.Unit;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Several servers that have the same streams, by a replicated log.
 *
 * @param members all members as {@code name=host:port}, joined by commas, with the ports at which they reach each other;
 *     {@code none} for a server of its own
 * @param self the name of this server in that list; {@code none} without one
 * @param name the name of the cluster
 * @param host the name or address on which it accepts the other members; {@code none} for that of the list
 * @param create whether a data directory without a member becomes that of this one
 * @param advertise the URL, without a path, at which clients and the other members reach the streams of this server;
 *     {@code none} for the address on which it listens
 * @param certificateFile PEM file with the certificate of this member for the others; {@code none} for no TLS
 * @param keyFile PEM file with the private key of that certificate
 * @param authorityFile PEM file with the certificates that issue those of the members
 * @param routing what happens to a request that only the leader can execute
 * @param electionTimeoutMillis how long a member waits for the leader before it starts an election
 * @param logKeptBytes how much of the log is kept for members that are behind; 0 for what follows from the disk
 */
public record ClusterSettings(
        String members,
        String self,
        String name,
        String host,
        boolean create,
        String advertise,
        String certificateFile,
        String keyFile,
        String authorityFile,
        Routing routing,
        int electionTimeoutMillis,
        long logKeptBytes) {
    private static final String NONE = OptionalFile.NONE;
    private static final String NAME_FORM = "[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?";
    private static final String HOST_FORM = "(?:\\[[0-9a-fA-F:.]+]|[^:\\[\\]\\s,=]+)";
    private static final String MEMBER_FORM = NAME_FORM + "=" + HOST_FORM + ":[0-9]{1,5}";
    private static final Pattern MEMBER = Pattern.compile("(" + NAME_FORM + ")=(" + HOST_FORM + "):[0-9]{1,5}");
    private static final Text FILE = OptionalFile.type("none or the path of a PEM file");

    private static final Setting<String> MEMBERS = new Setting<>(
            CLUSTER,
            "cluster",
            new Text(
                    "MEMBERS",
                    NONE + "|" + MEMBER_FORM + "(," + MEMBER_FORM + ")*",
                    "none, or members such as n1=10.0.0.1:4438,n2=10.0.0.2:4438,n3=10.0.0.3:4438"),
            NONE,
            "Servers that have the same streams: name=host:port for each, joined by commas, the same on all. The ports are"
                    + " for the members only.");

    private static final Setting<String> SELF = new Setting<>(
            CLUSTER,
            "cluster-self",
            new Text("NAME", NONE + "|" + NAME_FORM, "none, or the name of a member"),
            NONE,
            "Name of this server in that list. It belongs to the data directory for ever.");

    private static final Setting<String> NAME = new Setting<>(
            CLUSTER,
            "cluster-name",
            new Text("NAME", NAME_FORM, "1 to 32 lower-case letters, digits and hyphens, not at either end"),
            "streamkeeper",
            "Name of the cluster; members of another one are refused.");

    private static final Setting<String> HOST = new Setting<>(
            CLUSTER,
            "cluster-host",
            new Text("HOST", ".*\\S.*", "none, or a name or an address"),
            NONE,
            "Name or address on which this server accepts the other members; none for that of the list.");

    private static final Setting<Boolean> CREATE = new Setting<>(
            CLUSTER,
            "cluster-create",
            new Switch(),
            "false",
            "Make this server a member if its data directory holds none: for the first start of a cluster, which begins"
                    + " with the streams of that directory if a server without a cluster has made it. Without it, a"
                    + " server whose disk was lost does not start under its old name.");

    private static final Setting<String> ADVERTISE = new Setting<>(
            CLUSTER,
            "cluster-advertise",
            new Text(
                    "URL",
                    NONE + "|https?://(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?",
                    "none, or a URL without a path such as http://10.0.0.1:4437"),
            NONE,
            "URL, without a path, at which clients and the other members reach the streams of this server; none for the"
                    + " address that it listens on.");

    private static final Setting<String> CERTIFICATE_FILE = new Setting<>(
            CLUSTER,
            "cluster-tls-cert",
            FILE,
            NONE,
            "PEM file with the certificate of this member for the others, and those of its issuers.");

    private static final Setting<String> KEY_FILE = new Setting<>(
            CLUSTER,
            "cluster-tls-key",
            FILE,
            NONE,
            "PEM file with the private key of that certificate, not encrypted.");

    private static final Setting<String> AUTHORITY_FILE = new Setting<>(
            CLUSTER,
            "cluster-tls-ca",
            FILE,
            NONE,
            "PEM file with the certificates of those who issue certificates to members.");

    private static final Setting<Routing> ROUTING = new Setting<>(
            CLUSTER,
            "cluster-routing",
            Choice.of("a way to the leader", "WAY", Routing.values()),
            "proxy",
            "proxy or redirect: whether a member passes a request that only the leader can execute on, or answers 307 with"
                    + " the URL of the leader.");

    private static final NumberSetting ELECTION_TIMEOUT = new NumberSetting(
            CLUSTER,
            "cluster-election-timeout",
            Unit.MILLIS,
            100,
            60_000,
            "1s",
            "How long a member waits for the leader before it starts an election; up to twice as long.");

    private static final NumberSetting LOG_KEPT = new NumberSetting(
            CLUSTER,
            "cluster-log-keep",
            Unit.BYTES,
            0,
            1L << 40,
            "0",
            "How much of the log this server keeps for members that are behind; one that is further behind receives all"
                    + " files. 0 for 1 GiB, or a sixteenth of the disk if that is less.");

    static final List<Setting<?>> SETTINGS = List.of(
            MEMBERS,
            SELF,
            NAME,
            HOST,
            CREATE,
            ADVERTISE,
            CERTIFICATE_FILE,
            KEY_FILE,
            AUTHORITY_FILE,
            ROUTING,
            ELECTION_TIMEOUT,
            LOG_KEPT);

    /** What happens to a request that only the leader can execute. */
    public enum Routing {
        /** The member sends it to the leader, and the response to the client. */
        PROXY,
        /** The client is redirected to the leader. */
        REDIRECT
    }

    /**
     * Checks the form of the values. {@link #check} compares them with each other.
     *
     * @param members {@code none}, or {@code name=host:port} for each, joined by commas
     * @param self {@code none}, or a name
     * @param name of lower-case letters, digits and hyphens
     * @param host {@code none}, or not blank
     * @param create any value
     * @param advertise {@code none}, or a URL without a path
     * @param certificateFile {@code none} or a path
     * @param keyFile {@code none} or a path
     * @param authorityFile {@code none} or a path
     * @param routing any
     * @param electionTimeoutMillis 100 ms … a minute
     * @param logKeptBytes 0 … 1 TiB
     * @throws IllegalArgumentException if a value is not allowed
     */
    public ClusterSettings {
        MEMBERS.check(members);
        SELF.check(self);
        NAME.check(name);
        HOST.check(host);
        ADVERTISE.check(advertise);
        CERTIFICATE_FILE.check(certificateFile);
        KEY_FILE.check(keyFile);
        AUTHORITY_FILE.check(authorityFile);
        ELECTION_TIMEOUT.check(electionTimeoutMillis);
        LOG_KEPT.check(logKeptBytes);
    }

    /** {@return whether the server is a member of a cluster} */
    public boolean isOn() {
        return !members.equals(NONE);
    }

    /** {@return whether members prove their identity to each other} */
    public boolean hasTls() {
        return !certificateFile.equals(NONE);
    }

    /** {@return the name or address on which the server accepts other members; null for that of the list} */
    public @Nullable String listenHost() {
        return host.equals(NONE) ? null : host;
    }

    /** {@return the file of the certificate for other members; null for none} */
    public @Nullable Path certificate() {
        return OptionalFile.path(certificateFile);
    }

    /** {@return the file of its private key; null for none} */
    public @Nullable Path key() {
        return OptionalFile.path(keyFile);
    }

    /** {@return the file with the certificates that issue those of the members; null for none} */
    public @Nullable Path authority() {
        return OptionalFile.path(authorityFile);
    }

    /** {@return whether {@link #advertise} is a URL} */
    public boolean hasAdvertise() {
        return !advertise.equals(NONE);
    }

    /**
     * {@return whether all members reach each other through the loopback interface, as the names and addresses in the
     * list say}
     */
    public boolean isLoopback() {
        Matcher matcher = MEMBER.matcher(members);
        while (matcher.find()) {
            InetSocketAddress address = new InetSocketAddress(matcher.group(2), 0);
            if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Compares the values with each other and with the rest of the configuration, when the server starts.
     *
     * @param config the whole configuration
     * @throws IllegalArgumentException if they cannot work together; the message quotes them and states what is expected
     */
    public void check(ServerConfig config) {
        if (!isOn()) {
            if (!self.equals(NONE)) {
                throw new IllegalArgumentException("cluster-self is " + self
                        + ", but cluster is none; expected the list of members too, or neither");
            }
            return;
        }
        checkSelf();
        checkTls(config);
        checkStorage(config.data());
        checkAdvertise(config.listen());
    }

    private void checkSelf() {
        Matcher matcher = MEMBER.matcher(members);
        boolean isListed = false;
        while (matcher.find()) {
            isListed |= matcher.group(1).equals(self);
        }
        if (!isListed) {
            throw new IllegalArgumentException("cluster-self is " + self + " and cluster is " + members
                    + "; expected the name of a member of that list");
        }
    }

    private void checkTls(ServerConfig config) {
        boolean isComplete = hasTls() == !keyFile.equals(NONE) && hasTls() == !authorityFile.equals(NONE);
        if (!isComplete) {
            throw new IllegalArgumentException("cluster-tls-cert is " + certificateFile + ", cluster-tls-key is "
                    + keyFile + " and cluster-tls-ca is " + authorityFile + "; expected all three files, or none");
        }
        if (routing == Routing.PROXY && config.tls().hasClientCa()) {
            throw new IllegalArgumentException(
                    "tls-client-ca is " + config.tls().clientCaFile()
                            + " and cluster-routing is proxy, but a request that another member passes on has no certificate of"
                            + " its client; expected cluster-routing redirect, or tls-client-ca none");
        }
    }

    private void checkStorage(DataConfig data) {
        if (data.durability() != Durability.FSYNC) {
            throw new IllegalArgumentException("durability is "
                    + (data.durability() == Durability.OS ? "os" : "memory")
                    + ", but a cluster acknowledges what a majority has synced; expected durability fsync");
        }
        if (!data.storage().equals("local")) {
            throw new IllegalArgumentException("storage is \"" + data.storage()
                    + "\", but the replicated log of a cluster takes the place of its journal; expected storage local");
        }
    }

    private void checkAdvertise(ListenConfig listen) {
        if (hasAdvertise()) {
            return;
        }
        InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
        boolean isWildcard =
                address.getAddress() != null && address.getAddress().isAnyLocalAddress();
        if (isWildcard) {
            throw new IllegalArgumentException("host is " + listen.host()
                    + ", which is no address that others can use; expected cluster-advertise, such as"
                    + " http://10.0.0.1:4437");
        }
    }

    static ClusterSettings of(SettingValues values) {
        return new ClusterSettings(
                values.get(MEMBERS),
                values.get(SELF),
                values.get(NAME),
                values.get(HOST),
                values.get(CREATE),
                values.get(ADVERTISE),
                values.get(CERTIFICATE_FILE),
                values.get(KEY_FILE),
                values.get(AUTHORITY_FILE),
                values.get(ROUTING),
                values.toInt(ELECTION_TIMEOUT),
                values.get(LOG_KEPT));
    }

    void copyTo(SettingValues values) {
        values.set(ROUTING, routing);
        new Builder(values)
                .members(members)
                .self(self)
                .name(name)
                .host(host)
                .create(create)
                .advertise(advertise)
                .tls(certificateFile, keyFile, authorityFile)
                .electionTimeoutMillis(electionTimeoutMillis)
                .logKeptBytes(logKeptBytes);
    }

    /** {@return the defaults: no cluster} */
    public static ClusterSettings defaults() {
        return of(new SettingValues());
    }

    /** Changes the cluster, within {@link ServerConfig.Builder#cluster}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param members all members as {@code name=host:port}, joined by commas; {@code none} for a server of its own
         */
        public Builder members(String members) {
            values.set(MEMBERS, members);
            return this;
        }

        /**
         * {@return this}
         *
         * @param self the name of this server in the list of members
         */
        public Builder self(String self) {
            values.set(SELF, self);
            return this;
        }

        /**
         * {@return this}
         *
         * @param name the name of the cluster
         */
        public Builder name(String name) {
            values.set(NAME, name);
            return this;
        }

        /**
         * {@return this}
         *
         * @param host the name or address on which the server accepts the other members; {@code none} for that of the
         *     list
         */
        public Builder host(String host) {
            values.set(HOST, host);
            return this;
        }

        /**
         * {@return this}
         *
         * @param create whether a data directory without a member becomes that of this one
         */
        public Builder create(boolean create) {
            values.set(CREATE, create);
            return this;
        }

        /**
         * {@return this}
         *
         * @param advertise the URL, without a path, at which clients and members reach the streams of this server
         */
        public Builder advertise(String advertise) {
            values.set(ADVERTISE, advertise);
            return this;
        }

        /**
         * {@return this}
         *
         * @param certificateFile PEM file with the certificate of this member for the others; {@code none} for no TLS
         * @param keyFile PEM file with its private key
         * @param authorityFile PEM file with the certificates that issue those of the members
         */
        public Builder tls(String certificateFile, String keyFile, String authorityFile) {
            values.set(CERTIFICATE_FILE, certificateFile);
            values.set(KEY_FILE, keyFile);
            values.set(AUTHORITY_FILE, authorityFile);
            return this;
        }

        /**
         * {@return this}
         *
         * @param routing what happens to a request that only the leader can execute
         */
        public Builder routing(Routing routing) {
            values.set(ROUTING, routing);
            return this;
        }

        /**
         * {@return this}
         *
         * @param electionTimeoutMillis how long a member waits for the leader before it starts an election, 100 ms … a
         *     minute
         */
        public Builder electionTimeoutMillis(int electionTimeoutMillis) {
            values.set(ELECTION_TIMEOUT, (long) electionTimeoutMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param logKeptBytes how much of the log is kept for members that are behind, up to 1 TiB; 0 for what follows
         *     from the disk
         */
        public Builder logKeptBytes(long logKeptBytes) {
            values.set(LOG_KEPT, logKeptBytes);
            return this;
        }
    }
}
