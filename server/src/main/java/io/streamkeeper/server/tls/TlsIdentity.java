package io.streamkeeper.server.tls;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.server.config.TlsConfig;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and key with which new connections begin. A thread of its own reads the files every second, and
 * replaces the identity when their content has changed and stays the same for one second, so that a certificate and a
 * key that are written one after the other are taken together. Files that cannot be used are reported once, and the
 * connections keep the identity that they had. Open connections keep theirs, but the certificates of their clients are
 * verified again if the issuers have changed.
 *
 * <p>Safe for use by any thread; only its own thread calls {@link #check}.
 */
public final class TlsIdentity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);

    /** The heap that TLS uses for a connection, in addition to the connection itself. */
    public static final int BYTES_PER_CONNECTION = 6 << 10;

    private static final long INTERVAL_MILLIS = 1_000;

    private final TlsConfig config;
    private final ScheduledThreadPoolExecutor reader;
    private volatile TlsContext context;
    private volatile Runnable issuersChanged = () -> {};

    /** What the files had when they were last used or refused, and what they have since then, if they changed. */
    private Object settled;

    private @Nullable Object changed;

    /** The file of issuers that is in use. */
    private TlsFiles.@Nullable Content issuers;

    private TlsIdentity(TlsConfig config, TlsFiles files, TlsContext context) {
        this.config = config;
        this.settled = files;
        this.issuers = files.clientCa();
        this.context = context;
        this.reader = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("streamkeeper-tls", true));
    }

    /**
     * Reads the files. {@link #watch} begins to read them again.
     *
     * @throws IllegalArgumentException if a setting is missing that another one needs
     * @throws IOException if the files cannot be used; the message names the file and a remedy
     */
    public static TlsIdentity open(TlsConfig config) throws IOException {
        config.check();
        try {
            TlsFiles files = TlsFiles.read(config);
            return new TlsIdentity(config, files, TlsContexts.of(files, config.clientCertificates()));
        } catch (TlsException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Reads the files every second from now on. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public void watch() {
        reader.scheduleWithFixedDelay(this::check, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** {@return what a new connection begins with} */
    public TlsContext context() {
        return context;
    }

    /**
     * Registers what to do when others issue the certificates of clients than before.
     *
     * @param changed called by the thread of this class
     */
    public void onChangeOfIssuers(Runnable changed) {
        issuersChanged = changed;
    }

    /** Reads the files, and uses them if their content has changed before the previous call and not since. */
    void check() {
        try {
            Object found = readOrReason();
            if (found.equals(settled)) {
                changed = null;
            } else if (found.equals(changed)) {
                settled = found;
                changed = null;
                use(found);
            } else {
                changed = found;
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the files of TLS cannot be checked; it is tried again each second", e);
        }
    }

    /** The content of the files, or the text of the reason why they cannot be read. */
    private Object readOrReason() {
        try {
            return TlsFiles.read(config);
        } catch (TlsException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void use(Object found) {
        String reason;
        try {
            if (found instanceof TlsFiles files) {
                context = TlsContexts.of(files, config.clientCertificates());
                LOG.info("new connections begin with the certificate in {}", files.certificate());
                if (!Objects.equals(files.clientCa(), issuers)) {
                    issuers = files.clientCa();
                    issuersChanged.run();
                }
                return;
            }
            reason = found.toString();
        } catch (TlsException e) {
            reason = String.valueOf(e.getMessage());
        }
        LOG.warn("the changed files of TLS are refused, and the previous certificate stays in use: {}", reason);
    }

    /** Stops reading the files. */
    @Override
    public void close() {
        reader.shutdownNow();
    }
}
