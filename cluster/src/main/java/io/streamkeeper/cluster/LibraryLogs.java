package io.streamkeeper.cluster;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The logs of gRPC and of the Netty of Ratis, which are those of the JDK: they print to standard error by default. */
final class LibraryLogs {
    /** Held, because the JDK forgets the levels of loggers that nothing refers to. */
    private static final Logger LIBRARIES = Logger.getLogger("org.apache.ratis.thirdparty");

    private LibraryLogs() {}

    /** Turns them off; to be called by each class that may be the first one to use these libraries. */
    static void silence() {
        LIBRARIES.setLevel(Level.OFF);
    }
}
