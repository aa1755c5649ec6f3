/** So many effects of a lane are claimed at once: it is executed one by one, and more would only outlive the claim. */
export const MOST_PER_LANE = 20;
