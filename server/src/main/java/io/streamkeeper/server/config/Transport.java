package io.streamkeeper.server.config;

/** How the server talks to the kernel's sockets. */
public enum Transport {
    /** Native epoll where it loads, else NIO. */
    AUTO,
    /** Native epoll; the start fails where it does not load. Linux only. */
    EPOLL,
    /** Native io_uring; the start fails where it does not load. Linux only. */
    IO_URING,
    /** The JDK's own sockets; everywhere. */
    NIO
}
