"""What a page shows of documents: plain values in words, the same for whoever builds the page."""
