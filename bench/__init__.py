"""Timings of vre-dm beside a named peer: the same question, the same lake, the same run (`make bench`)."""
