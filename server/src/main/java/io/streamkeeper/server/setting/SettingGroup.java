package io.streamkeeper.server.setting;

/** The groups of settings, in the order in which documents and help list them. */
public enum SettingGroup {
    /** Where the server listens. */
    LISTENING("Listening"),
    /** The limits of the requests of one connection. */
    REQUESTS("Requests"),
    /** How long live reads last. */
    LIVE_READERS("Live readers"),
    /** How much reads return, and how caches may use it. */
    READS("Reads"),
    /** Who may use the server. */
    SECURITY("Security"),
    /** How much of the server each client and each tenant may use. */
    LIMITS("Limits"),
    /** Subscriptions, which wake workers. */
    SUBSCRIPTIONS("Subscriptions"),
    /** Several servers that have the same streams. */
    CLUSTER("Cluster"),
    /** Where streams are stored. */
    STORAGE("Storage"),
    /** The process itself. */
    PROCESS("Process");

    private final String heading;

    SettingGroup(String heading) {
        this.heading = heading;
    }

    /** {@return the heading of its settings in documents and help} */
    public String heading() {
        return heading;
    }
}
