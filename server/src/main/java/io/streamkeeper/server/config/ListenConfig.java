package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.LISTENING;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.server.setting.Choice;
import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Switch;
import io.streamkeeper.server.setting.Text;
import io.streamkeeper.server.setting.Unit;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the server listens, and its transport, shards and connections.
 *
 * @param host the name or address on which it listens
 * @param port the port; 0 for any free one
 * @param transport the socket API that it uses
 * @param shards event loops and shards; 0 for one per two cores
 * @param connectionsMax the maximum number of open connections; further ones are closed when they arrive
 * @param adminListen where the server listens for administration: {@code auto}, {@code none}, or a host, a colon and a
 *     port
 * @param console whether the listeners serve the console
 */
public record ListenConfig(
        String host,
        int port,
        Transport transport,
        int shards,
        int connectionsMax,
        String adminListen,
        boolean console) {
    private static final String NONE = "none";
    private static final String AUTO = "auto";
    private static final int PORT_MAX = 65_535;

    /** The distance between the ports, so great that servers on neighbouring ports do not meet. */
    private static final int ADMIN_PORT_DISTANCE = 10_000;

    /** A name, an IPv4 address, or an IPv6 address in brackets. */
    private static final String HOST_FORM = "(\\[[0-9A-Fa-f:.]+]|[^\\s:\\[\\]]+)";

    private static final String PORT_FORM =
            "([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

    private static final NumberSetting PORT = new NumberSetting(
            LISTENING, "port", Unit.PORT, 0, 65_535, "4437", "Port to listen on; 0 for any that is free.");

    private static final Setting<String> HOST = new Setting<>(
            LISTENING,
            "host",
            new Text("HOST", ".*\\S.*", "a name or an address"),
            "127.0.0.1",
            "Name or address to listen on; 0.0.0.0 for all.");

    private static final Setting<Transport> TRANSPORT = new Setting<>(
            LISTENING,
            "transport",
            Choice.of("a transport", "NAME", Transport.values()),
            "auto",
            "auto, epoll, io_uring or nio; auto takes epoll where it loads.");

    private static final NumberSetting SHARDS = new NumberSetting(
            LISTENING, "shards", Unit.COUNT, 0, 1_024, "0", "Event loops and shards; 0 for one for every two cores.");

    private static final NumberSetting CONNECTIONS_MAX = new NumberSetting(
            LISTENING,
            "max-connections",
            Unit.COUNT,
            1,
            10_000_000,
            "65536",
            "Connections at once; further ones are closed when they arrive.");

    private static final Setting<String> ADMIN_LISTEN = new Setting<>(
            LISTENING,
            "admin-listen",
            new Text(
                    "HOST:PORT",
                    AUTO + "|" + NONE + "|" + HOST_FORM + ":" + PORT_FORM,
                    "auto, none, or a host and a port such as 127.0.0.1:14437"),
            AUTO,
            "Another address to listen on, for those who run the server: /health, /metrics, /admin, and no streams;"
                    + " auto for 127.0.0.1 and 10000 more than --port, or none.");

    private static final Setting<Boolean> CONSOLE = new Setting<>(
            LISTENING, "console", new Switch(), "true", "Serve the console, a page for people, at /console/.");

    static final List<Setting<?>> SETTINGS =
            List.of(PORT, HOST, TRANSPORT, SHARDS, CONNECTIONS_MAX, ADMIN_LISTEN, CONSOLE);

    /**
     * Checks the values.
     *
     * @param host not blank; resolved when the server starts
     * @param port 0 … 65535
     * @param transport any; the server checks that it loads when it starts
     * @param shards 0 … 1024
     * @param connectionsMax 1 … 10,000,000
     * @param adminListen {@code auto}, {@code none}, or a host, a colon and a port; the host is resolved when the server
     *     starts
     * @param console any value
     * @throws IllegalArgumentException if a value is not allowed
     */
    public ListenConfig {
        HOST.check(host);
        PORT.check(port);
        SHARDS.check(shards);
        CONNECTIONS_MAX.check(connectionsMax);
        ADMIN_LISTEN.check(adminListen);
    }

    /**
     * {@return whether the server chooses the address for administration, and another one if it is in use}
     */
    public boolean choosesAdminAddress() {
        return adminListen.equals(AUTO);
    }

    /**
     * {@return the address on which the server listens for administration, with the host resolved; null if there is
     * none}
     */
    public @Nullable InetSocketAddress adminAddress() {
        if (adminListen.equals(NONE)) {
            return null;
        }
        if (choosesAdminAddress()) {
            int chosen = port == 0 || port + ADMIN_PORT_DISTANCE > PORT_MAX ? 0 : port + ADMIN_PORT_DISTANCE;
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), chosen);
        }
        int colon = adminListen.lastIndexOf(':');
        String adminHost = adminListen.substring(0, colon);
        int adminPort = Digits.toInt(adminListen.substring(colon + 1));
        return new InetSocketAddress(
                adminHost.startsWith("[") ? adminHost.substring(1, adminHost.length() - 1) : adminHost, adminPort);
    }

    static ListenConfig of(SettingValues values) {
        return new ListenConfig(
                values.get(HOST),
                values.toInt(PORT),
                values.get(TRANSPORT),
                values.toInt(SHARDS),
                values.toInt(CONNECTIONS_MAX),
                values.get(ADMIN_LISTEN),
                values.get(CONSOLE));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .host(host)
                .port(port)
                .transport(transport)
                .shards(shards)
                .connectionsMax(connectionsMax)
                .adminListen(adminListen)
                .console(console);
    }

    /** {@return the defaults: port 4437 of the loopback interface} */
    public static ListenConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes where the server listens, within {@link ServerConfig.Builder#listen}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param host the name or address on which it listens; it is resolved when the server starts
         */
        public Builder host(String host) {
            values.set(HOST, host);
            return this;
        }

        /**
         * {@return this}
         *
         * @param port 0 … 65535; 0 for any free port
         */
        public Builder port(int port) {
            values.set(PORT, port);
            return this;
        }

        /**
         * {@return this}
         *
         * @param transport the socket API that the server uses
         */
        public Builder transport(Transport transport) {
            values.set(TRANSPORT, transport);
            return this;
        }

        /**
         * {@return this}
         *
         * @param shards event loops and shards, 0 … 1024; 0 for one per two cores
         */
        public Builder shards(int shards) {
            values.set(SHARDS, shards);
            return this;
        }

        /**
         * {@return this}
         *
         * @param connectionsMax the maximum number of open connections, 1 … 10,000,000; further ones are closed when
         *     they arrive
         */
        public Builder connectionsMax(int connectionsMax) {
            values.set(CONNECTIONS_MAX, connectionsMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param adminListen where the server listens for administration, such as {@code 127.0.0.1:14437}; {@code auto}
         *     for an address of the loopback interface that the server chooses; {@code none} to disable it
         */
        public Builder adminListen(String adminListen) {
            values.set(ADMIN_LISTEN, adminListen);
            return this;
        }

        /**
         * {@return this}
         *
         * @param console whether the listeners serve the console at {@code /console/}
         */
        public Builder console(boolean console) {
            values.set(CONSOLE, console);
            return this;
        }
    }
}
