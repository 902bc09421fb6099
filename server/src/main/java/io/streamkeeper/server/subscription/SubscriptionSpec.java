package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.StreamPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a subscription as its client states it, checked and in its normal form (section 6.2): two requests
 * mean the same configuration if and only if these values are equal. Immutable.
 *
 * @param kind how workers are woken
 * @param pattern which streams are linked; null for none
 * @param streams the explicit streams, sorted, each once; at least one if there is no pattern
 * @param webhookUrl the URL that receives wakes; only and always with {@link Kind#WEBHOOK}
 * @param wakeStream the stream that receives wakes; only and always with {@link Kind#PULL_WAKE}
 * @param leaseMillis 1,000 to 600,000
 * @param description for people; null for none
 */
public record SubscriptionSpec(
        Kind kind,
        @Nullable Glob pattern,
        List<StreamPath> streams,
        @Nullable String webhookUrl,
        @Nullable StreamPath wakeStream,
        long leaseMillis,
        @Nullable String description) {
    /** How workers are woken. */
    public enum Kind {
        /** By a request to a URL (section 7.1). */
        WEBHOOK("webhook"),
        /** By a message in a stream (section 7.2). */
        PULL_WAKE("pull-wake");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** The value of the field {@code type}. */
        public String text() {
            return text;
        }
    }

    /** Copies the list. */
    public SubscriptionSpec {
        streams = List.copyOf(streams);
    }
}
