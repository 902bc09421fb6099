package io.streamkeeper.server.metrics;

/** The build that runs. */
public final class Build {
    private Build() {}

    /** {@return the version in the jar's manifest; {@code development} if there is no jar} */
    public static String version() {
        String version = Build.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
