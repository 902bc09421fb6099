package io.streamkeeper.protocol;

/**
 * What a client may know of a stream without reading it (section 5.5).
 *
 * @param incarnation the stream's own generation, for the entity tag
 * @param contentType as it was given when the stream was created
 * @param tail the offset behind the last byte
 * @param closed whether the stream takes no more
 * @param expiry when it goes by itself
 * @param retention how much it keeps
 * @param earliest the first offset that can be read
 */
public record StreamInfo(
        long incarnation,
        ContentType contentType,
        Offset tail,
        boolean closed,
        Expiry expiry,
        Retention retention,
        Offset earliest) {}
