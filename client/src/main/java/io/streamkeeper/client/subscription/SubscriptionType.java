package io.streamkeeper.client.subscription;

/** How a subscription wakes its workers. */
public enum SubscriptionType {
    /** By a request to a URL (section 7.1). */
    WEBHOOK("webhook"),

    /** By a message in a stream (section 7.2). */
    PULL_WAKE("pull-wake");

    private final String text;

    SubscriptionType(String text) {
        this.text = text;
    }

    /** {@return the name in the protocol, such as {@code pull-wake}} */
    public String text() {
        return text;
    }
}
