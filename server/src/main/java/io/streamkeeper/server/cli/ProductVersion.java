package io.streamkeeper.server.cli;

import io.netty.util.Version;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
final class ProductVersion implements IVersionProvider {
    /** The version in the jar's manifest; {@code development} if there is no jar. */
    static String text() {
        String version = ProductVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        Version netty = Version.identify(ProductVersion.class.getClassLoader()).get("netty-buffer");
        return new String[] {
            "Streamkeeper " + text(),
            "Java " + Runtime.version(),
            "Netty " + (netty == null ? "unknown" : netty.artifactVersion())
        };
    }
}
