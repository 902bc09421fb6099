package io.streamkeeper.server.config;

/** The socket API that the server uses. */
public enum Transport {
    /** Native epoll if it loads, else NIO. */
    AUTO,
    /** Native epoll; the start fails if it does not load. Linux only. */
    EPOLL,
    /** Native io_uring; the start fails if it does not load. Linux only. */
    IO_URING,
    /** The JDK's sockets; available everywhere. */
    NIO
}
