package io.streamkeeper.server.setting;

/** What settings are about, in the order in which documents and help list them. */
public enum SettingGroup {
    /** Where the server listens. */
    LISTENING("Listening"),
    /** What one connection may ask of the server. */
    REQUESTS("Requests"),
    /** How long live readers are kept. */
    LIVE_READERS("Live readers"),
    /** What reads return, and what caches and browsers may do with it. */
    READS("Reads"),
    /** Where streams are kept. */
    STORAGE("Storage"),
    /** The process itself. */
    PROCESS("Process");

    private final String heading;

    SettingGroup(String heading) {
        this.heading = heading;
    }

    /** {@return what documents and help write above its settings} */
    public String heading() {
        return heading;
    }
}
