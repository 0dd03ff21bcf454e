//! Where things are in the picture of the ring. Plain arithmetic, no browser.
