package io.streamkeeper.server.cli;

import io.netty.util.Version;
import io.streamkeeper.server.metrics.Build;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
final class ProductVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        Version netty = Version.identify(ProductVersion.class.getClassLoader()).get("netty-buffer");
        return new String[] {
            "Streamkeeper " + Build.version(),
            "Java " + Runtime.version(),
            "Netty " + (netty == null ? "unknown" : netty.artifactVersion())
        };
    }
}
