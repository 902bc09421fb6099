package io.streamkeeper.protocol.output;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Takes what is logged at WARN or above, in place of whatever the logging was configured with: the configuration of the
 * packaged jar is found before a file of the tests. Safe for use by any thread.
 */
final class LoggedFaults extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final LoggedFaults INSTANCE = new LoggedFaults();

    private LoggedFaults() {}

    /** Takes what is logged from now on; also where a test has changed the configuration. */
    static synchronized void install() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        if (!root.isAttached(INSTANCE)) {
            root.detachAndStopAllAppenders();
            INSTANCE.setContext(context);
            INSTANCE.start();
            root.addAppender(INSTANCE);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        Faults.add(String.valueOf(event.getMessage()), () -> {
            String text = event.getLevel() + " " + event.getLoggerName() + " [" + event.getThreadName() + "]: "
                    + event.getFormattedMessage();
            return event.getThrowableProxy() == null
                    ? text
                    : text + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
        });
    }
}
