package io.streamkeeper.client.subscription;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.StreamListener;
import io.streamkeeper.client.listen.StreamSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a wake stream for the wakes of one subscription. A stream that cannot be followed, because it does not exist or is
 * closed, is not {@link #isActive active} any more. Used by the thread of a worker; wakes are reported by any thread.
 */
final class WakeListener implements StreamListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WakeListener.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final StreamSource source;
    private final String subscription;
    private final Runnable woken;
    private @Nullable Listening listening;

    WakeListener(StreamSource source, String subscription, Runnable woken) {
        this.source = source;
        this.subscription = subscription;
        this.woken = woken;
    }

    /** Whether a stream is followed. */
    boolean isActive() {
        return listening != null && listening.listening();
    }

    /** Follows a stream from now on. */
    void begin(String path) {
        listening = source.listen(path, From.now(), this);
    }

    @Override
    public void onData(Batch batch) {
        if (batch.messages().stream().anyMatch(this::isMeant)) {
            woken.run();
        }
    }

    private boolean isMeant(String message) {
        try (JsonParser json = JSON.createParser(message)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String member = json.currentName();
                json.nextToken();
                if (member.equals("subscription_id")) {
                    return subscription.equals(json.getText());
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            LOG.debug("a message of the wake stream is no wake", e);
        }
        return false;
    }

    @Override
    public From onGone(OffsetGone gone) {
        return From.now();
    }

    @Override
    public void onError(Throwable failure) {
        LOG.warn(
                "the wake stream of subscription {} cannot be followed; its worker asks for work from time to time",
                subscription,
                failure);
    }

    @Override
    public void close() {
        if (listening != null) {
            listening.stop();
        }
    }
}
