package io.streamkeeper.server.cli;

import io.streamkeeper.server.setting.Setting;
import java.util.List;

/** The settings of the command line, for tests outside this package. */
public final class Flags {
    private Flags() {}

    /** The descriptions of all settings, in the order in which help and documents list them. */
    public static List<Setting<?>> all() {
        return ProcessSettings.all();
    }
}
