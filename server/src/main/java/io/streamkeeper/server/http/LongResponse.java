package io.streamkeeper.server.http;

/** A response that is written in parts while its exchange is the first in line. Owned by the connection's loop. */
sealed interface LongResponse permits CatchUpResponse, SseSession {
    /** Its turn has come. Returns false if it had come before. */
    boolean start();

    /** Whether everything of it is written. */
    boolean isOver();

    /** The channel takes more. */
    void writable();

    /** Nobody waits for data to come. */
    void stopWaiting();

    /** Nobody takes the response. */
    void cancel();

    /** Whether it follows the stream, so that no other request comes after it. */
    boolean isLive();
}
