package io.streamkeeper.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * Configures logging: warnings and errors, to standard error. The logging library finds it as a service; it is code,
 * because reading a configuration file would take a noticeable part of the start time.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    /**
     * The library of a cluster's log: it warns of each attempt to reach another member, and of each member that ends. What
     * matters is in the status of the cluster, and in lines of this server's own.
     */
    private static final String RATIS = "org.apache.ratis";

    /** The name of the only appender. */
    static final String CONSOLE = "console";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LogLine encoder = new LogLine();
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName(CONSOLE);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        context.getLogger(RATIS).setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
